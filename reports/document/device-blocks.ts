import type { DutIdentity, RunRecord } from '#harness/contracts/records/run-record.ts';

import { formatCount, formatDurationNs, formatPercent } from './format-quantity.ts';
import type { Fact, ReportBlock } from './report-document.ts';

function hex4(value: number): string {
  return value.toString(16).padStart(4, '0');
}

function placeFacts({ chipId, usb, network }: DutIdentity): Fact[] {
  return [
    ...(chipId === undefined ? [] : [{ label: 'Chip id', value: chipId, isCode: true }]),
    ...(usb === undefined
      ? []
      : [
          {
            label: 'USB',
            value: `${hex4(usb.vendorId)}:${hex4(usb.productId)}, serial number ${usb.serialNumber}, port ${usb.topologyPath}`,
          },
        ]),
    ...(network === undefined
      ? []
      : [{ label: 'Network', value: `${network.address}, ${network.server}` }]),
  ];
}

function identityFacts(identity: DutIdentity): Fact[] {
  const { vendor, firmware, firmwareMode, model } = identity;
  return [
    { label: 'Names itself', value: vendor },
    { label: 'Firmware', value: `${firmware}, mode ${firmwareMode}` },
    { label: 'Model on the device', value: model === '' ? 'none' : model },
    ...placeFacts(identity),
  ];
}

/** Which board was tested and how it answered for itself. */
export function boardFacts(record: RunRecord): Fact[] {
  const { board } = record;
  return [
    { label: 'Board', value: `${board.name} (${board.id})` },
    { label: 'Maker', value: board.maker },
    ...(board.identity === null
      ? [{ label: 'Identity', value: 'the device did not identify itself' }]
      : identityFacts(board.identity)),
    { label: 'Driver', value: board.driver },
    { label: 'Station', value: record.stationId },
  ];
}

/** What happened on the link to the board. */
export function linkBlocks({ link }: RunRecord): ReportBlock[] {
  if (link === null) return [];
  const counters: readonly (readonly [string, string])[] = [
    ['Commands', formatCount(link.commandCount)],
    ['Bytes sent', formatCount(link.bytesSent)],
    ['Bytes received', formatCount(link.bytesReceived)],
    ['Retries', formatCount(link.retryCount)],
    ['Resynchronisations', formatCount(link.resyncCount)],
    ['Garbled replies', formatCount(link.garbledReplyCount)],
    ...(link.errorRate === undefined
      ? []
      : [['Errors per command', formatPercent(link.errorRate)] as const]),
  ];
  return [
    { kind: 'subheading', text: 'Link to the board' },
    {
      kind: 'table',
      columns: counters.map(([title]) => ({ title, align: 'right' })),
      rows: [counters.map(([, text]) => text)],
      note: '',
    },
  ];
}

/** How the device's own clock relates to the run clock. */
export function clockBlocks({ deviceClock }: RunRecord): ReportBlock[] {
  if (deviceClock === undefined) return [];
  const { offsetNs, offsetUncertaintyNs, driftPpm, roundTripNs, exchangeCount } = deviceClock;
  const drift = driftPpm === null ? 'not resolved' : `${driftPpm.toFixed(1).replace('-', '−')} ppm`;
  return [
    { kind: 'subheading', text: 'Clock of the device' },
    {
      kind: 'facts',
      facts: [
        {
          label: 'Offset to the run clock',
          value: `${formatDurationNs(offsetNs)} ± ${formatDurationNs(offsetUncertaintyNs)}`,
        },
        { label: 'Drift', value: drift },
        {
          label: 'Measured by',
          value: `${formatCount(exchangeCount)} round trips, the shortest of ${formatDurationNs(roundTripNs)}`,
        },
      ],
    },
  ];
}

function resumedBlocks({ resumed }: RunRecord): ReportBlock[] {
  if (resumed === undefined) return [];
  const text = `${formatCount(resumed.sampleCount)} of the answers were given in run ${resumed.runId}, an attempt of the same job on the same device that was interrupted; they are part of the evidence of this run.`;
  return [
    { kind: 'subheading', text: 'Interrupted attempt' },
    { kind: 'paragraph', text },
  ];
}

function recoveryBlocks({ recovery }: RunRecord): ReportBlock[] {
  if (recovery === undefined || recovery.length === 0) return [];
  return [
    { kind: 'subheading', text: 'Recovery of the board during the run' },
    {
      kind: 'table',
      columns: ['At', 'Rung', 'Because of', 'Helped'].map((title) => ({ title, align: 'left' })),
      rows: recovery.map(({ atNs, rung, reason, helped }) => [
        formatDurationNs(atNs),
        rung,
        reason,
        helped ? 'yes' : 'no',
      ]),
      note: '',
    },
  ];
}

/** What the run took over from an earlier attempt, and how a board was brought back during it. */
export function attemptBlocks(record: RunRecord): ReportBlock[] {
  return [...resumedBlocks(record), ...recoveryBlocks(record)];
}
