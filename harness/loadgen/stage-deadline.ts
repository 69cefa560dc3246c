/**
 * Putting a sample on a device has this long, milliseconds. It is the net below the drivers, which notice silence much
 * sooner: the slowest load there is, 27 648 bytes at 9600 baud, takes 4 minutes with its read-back, and the public
 * runners allow it 7 (16 ms a byte, sheet 1.4); twice that leaves room for retries.
 */
export const stageDeadlineMs = 900_000;
