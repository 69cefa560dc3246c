import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  randomBytes,
  type KeyObject,
} from 'node:crypto';
import { mkdir, mkdtemp, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

import { hasCode, labError } from '#harness/contracts/error-catalogue.ts';
import type { Clock } from '#harness/kernel/clock.ts';

import { evidenceWriteError, hasErrno, isSystemError } from '../evidence/evidence-write-error.ts';
import { writeFileAtomically } from '../evidence/write-file-atomically.ts';
import { parseCertificate, selfMadeCertificate } from './certificate.ts';
import { keyIdOf } from './key-id.ts';
import { utcMoment } from './utc-calendar.ts';

/** The lab's signing keys: one for records, another for PDFs. */
export interface LabKeys {
  readonly labName: string;
  /** Ed25519. */
  readonly record: { readonly keyId: string; readonly privateKey: KeyObject };
  /** ECDSA P-256 with its self-made certificate in DER. */
  readonly report: {
    readonly keyId: string;
    readonly privateKey: KeyObject;
    readonly certificate: Buffer;
  };
}

/** Where the keys are and whom they name. */
export interface LabKeysLocation {
  readonly stateDir: string;
  readonly labName: string;
  /** Dates the certificate when the keys are made. */
  readonly clock: Pick<Clock, 'utcMs'>;
}

const fileNames = {
  recordKey: 'record-key.pem',
  reportKey: 'report-key.pem',
  certificate: 'report-certificate.pem',
} as const;

function pemOfCertificate(certificate: Buffer): string {
  return parseCertificate(certificate, 'The new certificate').toString();
}

function pemOfKey(privateKey: KeyObject): string {
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}

/** A positive serial number of 20 bytes at most (RFC 5280, 4.1.2.2). */
function serialNumber(): Buffer {
  const serial = randomBytes(16);
  serial[0] = ((serial[0] ?? 0) % 0x40) + 0x40;
  return serial;
}

async function writeNewKeys(directory: string, location: LabKeysLocation): Promise<void> {
  const record = generateKeyPairSync('ed25519').privateKey;
  const report = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
  const certificate = selfMadeCertificate({
    privateKey: report,
    labName: location.labName,
    serial: serialNumber(),
    from: utcMoment(location.clock.utcMs()),
  });
  const files = [
    { name: fileNames.recordKey, text: pemOfKey(record) },
    { name: fileNames.reportKey, text: pemOfKey(report) },
    { name: fileNames.certificate, text: pemOfCertificate(certificate) },
  ];
  for (const { name, text } of files) {
    await writeFileAtomically(join(directory, name), Buffer.from(text, 'ascii'), { mode: 0o600 });
  }
}

/** Makes all three files beside their place and moves the folder there: whole or not at all, whoever else tries. */
async function createKeys(keysDir: string, location: LabKeysLocation): Promise<void> {
  await mkdir(location.stateDir, { recursive: true });
  const draftDir = await mkdtemp(`${keysDir}.new-`);
  try {
    await writeNewKeys(draftDir, location);
    await rename(draftDir, keysDir);
  } catch (error) {
    await rm(draftDir, { recursive: true, force: true });
    if (!hasErrno(error, 'ENOTEMPTY', 'EEXIST')) throw error;
  }
}

function readKey(pem: string, type: string, path: string): KeyObject {
  const key = createPrivateKey(pem);
  if (key.asymmetricKeyType !== type) {
    throw labError('evidence/key-unusable', `${path} holds no key of type ${type}.`);
  }
  return key;
}

async function loadKeys(keysDir: string, labName: string): Promise<LabKeys> {
  const read = (name: string): Promise<string> => readFile(join(keysDir, name), 'ascii');
  const record = readKey(await read(fileNames.recordKey), 'ed25519', fileNames.recordKey);
  const report = readKey(await read(fileNames.reportKey), 'ec', fileNames.reportKey);
  const pem = await read(fileNames.certificate);
  const body = pem.replaceAll(/-----[A-Z ]+-----|\s/g, '');
  const certificate = parseCertificate(Buffer.from(body, 'base64'), fileNames.certificate);
  if (!certificate.checkPrivateKey(report)) {
    throw labError('evidence/key-unusable', `The certificate in ${keysDir} is of another key.`);
  }
  return {
    labName,
    record: { keyId: keyIdOf(createPublicKey(record)), privateKey: record },
    report: {
      keyId: keyIdOf(certificate.publicKey),
      privateKey: report,
      certificate: certificate.raw,
    },
  };
}

async function isPresent(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (hasErrno(error, 'ENOENT', 'ENOTDIR')) return false;
    throw labError('evidence/key-unusable', `${path} cannot be read.`, { cause: error });
  }
}

/**
 * The lab's keys from `<stateDir>/keys`; the first call makes them. Processes may call it at the same time. Keys
 * that are there but unusable are never replaced: that would be another lab.
 *
 * @throws LabError evidence/key-unusable, evidence/disk-full, evidence/write-failed
 */
export async function openLabKeys(location: LabKeysLocation): Promise<LabKeys> {
  const keysDir = join(location.stateDir, 'keys');
  if (!(await isPresent(keysDir))) {
    try {
      await createKeys(keysDir, location);
    } catch (error) {
      throw isSystemError(error) ? evidenceWriteError(error, keysDir) : error;
    }
  }
  try {
    return await loadKeys(keysDir, location.labName);
  } catch (cause) {
    if (hasCode(cause, 'evidence/key-unusable')) throw cause;
    throw labError('evidence/key-unusable', `The signing keys in ${keysDir} cannot be used.`, {
      cause,
    });
  }
}
