import { describe, expect, it } from 'vitest';

import { checkExecutionProviders } from './check-execution-providers.ts';

describe('checkExecutionProviders', () => {
  it('takes the processor', async () => {
    await expect(checkExecutionProviders(['cpu'])).resolves.toBeUndefined();
  });

  it('refuses a provider that the build does not have, and says which it has', async () => {
    const refused = checkExecutionProviders(['cpu', 'abacus']);
    await expect(refused).rejects.toMatchObject({ code: 'agent/provider-unavailable' });
    await expect(refused).rejects.toThrow(/'abacus' is not in this build; available are cpu/);
  });
});
