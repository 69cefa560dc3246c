/**
 * How anyone checks the record with nothing but OpenSSL, jq and a shell, in the folder of the bundle.
 * A test runs exactly these lines.
 */
export const verifyRecipe: readonly string[] = [
  'jq -j .recordKey.spki lab-keys.json | base64 -d > lab.der',
  'jq -j .payload record.dsse.json | base64 -d > payload.json',
  "jq -j '.signatures[0].sig' record.dsse.json | base64 -d > signature.bin",
  '(printf \'DSSEv1 28 application/vnd.in-toto+json %s \' "$(wc -c < payload.json)"',
  ' cat payload.json) > signed.bin',
  'openssl pkeyutl -verify -pubin -keyform DER -inkey lab.der -rawin \\',
  '  -in signed.bin -sigfile signature.bin',
  'jq -r \'.files[] | .sha256 + "  " + .path\' record.json | sha256sum -c',
];

/** How anyone checks the PDF: both sentences must appear. */
export const pdfRecipe: readonly string[] = [
  'pdfsig report.pdf    # "Signature is Valid." and "Total document signed"',
];
