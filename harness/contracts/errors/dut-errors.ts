import type { ErrorEntry } from './error-entry.ts';

/** Errors of boards under test. */
export const dutErrors = {
  'dut/timeout': {
    class: 'dut',
    retry: 'automatic',
    remedy: 'The board did not answer in time; power-cycle it, then check the cable if it repeats.',
  },
  'dut/no-answer': {
    class: 'station',
    retry: 'after-remedy',
    remedy:
      'No reply to `name%`: check baud rate, cable and that the firmware of the serial protocol runs.',
  },
  'dut/wrong-baud': {
    class: 'station',
    retry: 'after-remedy',
    remedy:
      'The board speaks at another speed: set baudRate in lab.config.ts to the one the message names, else to that of the firmware.',
  },
  'dut/echo': {
    class: 'station',
    retry: 'after-remedy',
    remedy: 'The port echoes what is sent: switch the echo of the terminal or adapter off.',
  },
  'dut/wrong-firmware-mode': {
    class: 'station',
    retry: 'after-remedy',
    remedy: 'The board runs firmware of the other mode; flash the build that the message names.',
  },
  'dut/wrong-model': {
    class: 'station',
    retry: 'after-remedy',
    remedy:
      'The board holds another model than the suite needs; give it a deploy recipe or flash it.',
  },
  'dut/identity-mismatch': {
    class: 'station',
    retry: 'after-remedy',
    remedy: 'Another board answers on this path; check which one is plugged in.',
  },
  'dut/rejected-command': {
    class: 'dut',
    retry: 'automatic',
    remedy: 'The board refused a command; the message holds its words.',
  },
  'dut/garbled-reply': {
    class: 'dut',
    retry: 'automatic',
    remedy: 'Replies arrive damaged; check cable and baud rate. The link counters show how often.',
  },
  'dut/load-failed': {
    class: 'dut',
    retry: 'automatic',
    remedy: 'A sample could not be loaded in the allowed tries; check cable and baud rate.',
  },
  'dut/sample-too-large': {
    class: 'job',
    retry: 'never',
    remedy: 'The board has no room for a sample of this suite; choose another suite or board.',
  },
  'dut/rebooted': {
    class: 'dut',
    retry: 'automatic',
    remedy: 'The board rebooted during the run; check its supply and its firmware.',
  },
  'dut/wrong-output': {
    class: 'dut',
    retry: 'never',
    remedy:
      'The board answers other values than the host reference of the same model; flash the right model.',
  },
  'dut/deploy-failed': {
    class: 'station',
    retry: 'automatic',
    remedy: 'The deploy command failed; its last lines are in the message and the run log.',
  },
  'dut/play-failed': {
    class: 'station',
    retry: 'after-remedy',
    remedy:
      'The interface board could not play the audio file; the message names it: check the card and the name.',
  },
  'dut/edge-missing': {
    class: 'station',
    retry: 'after-remedy',
    remedy:
      'No edge of the GPIO lines arrived while the board listened: check detection and processing wires, ground and level shifter.',
  },
  'dut/unsupported': {
    class: 'job',
    retry: 'never',
    remedy: 'This board cannot do what the job asks; choose another scenario or board.',
  },
} as const satisfies Record<string, ErrorEntry>;
