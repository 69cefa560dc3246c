import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import process from 'node:process';

/** What tests use as independent judges and to build the emulated USB bus, with the Debian package of each. */
const programs = [
  { program: 'pdfsig', debian: 'poppler-utils' },
  { program: 'qpdf', debian: 'qpdf' },
  { program: 'openssl', debian: 'openssl' },
  { program: 'jq', debian: 'jq' },
  { program: 'chromium', debian: 'chromium' },
  { program: 'snmpd', debian: 'snmpd', file: '/usr/sbin/snmpd' },
  { program: 'gcc', debian: 'gcc' },
  { program: 'pkg-config', debian: 'pkg-config' },
  { program: 'unshare', debian: 'util-linux' },
  { program: 'stdio.h', debian: 'libc6-dev', file: '/usr/include/stdio.h' },
  { program: 'libfuse3', debian: 'libfuse3-dev', file: '/usr/include/fuse3/fuse_lowlevel.h' },
];

const isThere = (program) =>
  spawnSync('sh', ['-c', `command -v ${program}`], { stdio: 'ignore' }).status === 0;

const isMissing = ({ program, file }) =>
  file === undefined ? !isThere(program) : process.platform === 'linux' && !existsSync(file);

/** Installs what is missing when root on Debian; otherwise names it. Tests that need a missing one say so themselves. */
export function installSystemPackages(say) {
  const missing = programs.filter(isMissing);
  if (missing.length === 0) return;
  const packages = missing.map(({ debian }) => debian);
  const isRoot = process.getuid?.() === 0;
  if (isRoot && isThere('apt-get')) {
    say(`installing ${packages.join(', ')} for the tests, once`);
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    const options = { stdio: ['ignore', 'ignore', 2], env, timeout: 15 * 60_000 };
    spawnSync('apt-get', ['update', '-qq'], options);
    spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...packages], options);
  }
  const still = missing.filter(isMissing);
  for (const { program, debian } of still) {
    say(
      `MISSING ${program}: tests that need it are skipped; install the package ${debian} (Debian) to run them`,
    );
  }
}
