/**
 * What the reference load generator issued, seen by running it: no code of ours made these numbers. One load a line:
 * order, scenario, mode and selection | queries | sample indices in the order of issue | positions among them whose
 * answers were kept. The reference ends streams of equal issue before all planned queries.
 *
 * Versions 6.0.17 (`reference`) and 5.1.1 (`reference-5`) with the seeds of round 6.1, accuracy-log seed
 * 720381539243781796, library 23, set 10, at least 12 queries and 0 ms, 4 samples a multi-stream query, a target of 6
 * kept answers, `same` at 2.
 */
export const referencePlans = `
reference single-stream performance normal | 12 | 2 2 2 0 8 6 0 9 1 9 6 3 | 1 2 5 7 8 9 10 11
reference single-stream performance equal-issue | 20 | 7 2 1 0 5 6 3 4 8 9 7 8 1 2 4 0 5 9 3 6 | 5 10 13 17
reference single-stream performance unique | 10 | 2 5 3 8 7 9 0 1 6 4 | 1 2 5 7 8 9
reference single-stream performance same | 12 | 7 7 7 7 7 7 7 7 7 7 7 7 | 1 2 5 7 8 9 10 11
reference single-stream accuracy normal | 23 | 22 5 16 10 1 12 3 2 11 14 17 7 13 21 6 0 4 18 19 15 20 8 9
reference single-stream accuracy equal-issue | 23 | 2 12 1 5 22 11 3 14 16 10 18 0 6 7 17 19 4 15 13 21 8 9 20
reference single-stream accuracy unique | 23 | 1 22 2 3 5 11 16 14 10 12 6 17 18 4 7 19 13 15 21 0 20 9 8
reference single-stream accuracy same | 23 | 1 1 1 1 1 1 1 1 1 1 6 6 6 6 6 6 6 6 6 6 8 8 8
reference multi-stream performance normal | 12 | 3 2 9 4 9 4 1 5 9 4 1 5 2 9 4 1 2 9 4 1 6 0 8 3 7 6 0 8 5 7 6 0 2 9 4 1 2 9 4 1 2 9 4 1 0 8 3 2 | 5
reference multi-stream performance equal-issue | 13 | 3 2 9 4 9 4 1 5 9 4 1 5 2 9 4 1 2 9 4 1 6 0 8 3 7 6 0 8 5 7 6 0 2 9 4 1 2 9 4 1 2 9 4 1 0 8 3 2 | 5
reference multi-stream performance unique | 3 | 1 5 7 6 9 4 1 5 0 8 3 2 | 5
reference multi-stream performance same | 12 | 7 6 0 8 7 6 0 8 7 6 0 8 7 6 0 8 7 6 0 8 7 6 0 8 7 6 0 8 7 6 0 8 7 6 0 8 7 6 0 8 7 6 0 8 7 6 0 8 | 5
reference multi-stream accuracy normal | 7 | 2 5 1 11 12 14 2 5 3 10 16 22 18 7 6 19 0 15 18 7 4 21 13 17 20 9 8 20
reference multi-stream accuracy equal-issue | 7 | 2 5 1 11 12 14 2 5 3 10 16 22 18 7 6 19 0 15 18 7 4 21 13 17 20 9 8 20
reference multi-stream accuracy unique | 7 | 2 5 1 11 3 10 16 22 12 14 2 5 18 7 6 19 4 21 13 17 0 15 18 7 20 9 8 20
reference multi-stream accuracy same | 7 | 1 11 3 10 1 11 3 10 1 11 3 10 6 19 4 21 6 19 4 21 6 19 4 21 8 20 9 8
reference server performance normal | 12 | 2 2 2 0 8 6 0 9 1 9 6 3 | 1 2 5 7 8 9 10 11
reference server performance equal-issue | 20 | 7 2 1 0 5 6 3 4 8 9 7 8 1 2 4 0 5 9 3 6 | 1 2 5 7 8 9 10 11 13 15 17 18
reference server performance unique | 10 | 2 5 3 8 7 9 0 1 6 4 | 1 2 5 7 8 9
reference server performance same | 12 | 7 7 7 7 7 7 7 7 7 7 7 7 | 1 2 5 7 8 9 10 11
reference server accuracy normal | 23 | 22 5 16 10 1 12 3 2 11 14 17 7 13 21 6 0 4 18 19 15 20 8 9
reference server accuracy equal-issue | 23 | 2 12 1 5 22 11 3 14 16 10 18 0 6 7 17 19 4 15 13 21 8 9 20
reference server accuracy unique | 23 | 1 22 2 3 5 11 16 14 10 12 6 17 18 4 7 19 13 15 21 0 20 9 8
reference server accuracy same | 23 | 1 1 1 1 1 1 1 1 1 1 6 6 6 6 6 6 6 6 6 6 8 8 8
reference offline performance normal | 1 | 1 5 7 6 0 8 3 2 9 4 1 5 | 1 2 5 7 8 9 10 11
reference offline performance equal-issue | 1 | 1 9 7 5 2 6 0 4 3 8 6 5 7 2 9 1 0 3 4 8 | 1 2 5 7 8 9 10 11 13 15 17 18
reference offline performance unique | 1 | 1 5 7 6 0 8 3 2 9 4 | 1 2 5 7 8 9
reference offline performance same | 1 | 7 7 7 7 7 7 7 7 7 7 7 7 | 1 2 5 7 8 9 10 11
reference offline accuracy normal | 3 | 2 5 1 11 3 10 16 22 12 14 18 7 6 19 4 21 13 17 0 15 20 9 8
reference offline accuracy equal-issue | 3 | 11 5 1 22 12 2 3 16 14 10 19 7 6 17 0 18 4 13 15 21 9 8 20
reference offline accuracy unique | 3 | 2 5 1 11 3 10 16 22 12 14 18 7 6 19 4 21 13 17 0 15 20 9 8
reference offline accuracy same | 3 | 1 1 1 1 1 1 1 1 1 1 6 6 6 6 6 6 6 6 6 6 8 8 8
reference-5 single-stream performance normal | 12 | 22 22 22 3 10 11 3 12 2 12 11 16 | 1 2 5 7 8 9 10 11
reference-5 single-stream performance equal-issue | 20 | 1 22 2 3 5 11 16 14 10 12 1 10 2 22 14 3 5 12 16 11 | 5 10 13 17
reference-5 single-stream performance unique | 10 | 22 5 16 10 1 12 3 2 11 14 | 1 2 5 7 8 9
reference-5 single-stream performance same | 12 | 1 1 1 1 1 1 1 1 1 1 1 1 | 1 2 5 7 8 9 10 11
reference-5 multi-stream performance normal | 12 | 16 22 12 14 12 14 2 5 12 14 2 5 22 12 14 2 22 12 14 2 11 3 10 16 1 11 3 10 5 1 11 3 22 12 14 2 22 12 14 2 22 12 14 2 3 10 16 22 | 5
reference-5 multi-stream performance equal-issue | 13 | 16 22 12 14 12 14 2 5 12 14 2 5 22 12 14 2 22 12 14 2 11 3 10 16 1 11 3 10 5 1 11 3 22 12 14 2 22 12 14 2 22 12 14 2 3 10 16 22 | 5
reference-5 multi-stream performance unique | 3 | 2 5 1 11 12 14 2 5 3 10 16 22 | 5
reference-5 multi-stream performance same | 12 | 1 11 3 10 1 11 3 10 1 11 3 10 1 11 3 10 1 11 3 10 1 11 3 10 1 11 3 10 1 11 3 10 1 11 3 10 1 11 3 10 1 11 3 10 1 11 3 10 | 5
reference-5 server performance normal | 12 | 22 22 22 3 10 11 3 12 2 12 11 16 | 1 2 5 7 8 9 10 11
reference-5 server performance equal-issue | 20 | 1 22 2 3 5 11 16 14 10 12 1 10 2 22 14 3 5 12 16 11 | 1 2 5 7 8 9 10 11 13 15 17 18
reference-5 server performance unique | 10 | 22 5 16 10 1 12 3 2 11 14 | 1 2 5 7 8 9
reference-5 server performance same | 12 | 1 1 1 1 1 1 1 1 1 1 1 1 | 1 2 5 7 8 9 10 11
reference-5 offline performance normal | 1 | 2 5 1 11 3 10 16 22 12 14 2 5 | 1 2 5 7 8 9 10 11
reference-5 offline performance equal-issue | 1 | 2 12 1 5 22 11 3 14 16 10 11 5 1 22 12 2 3 16 14 10 | 1 2 5 7 8 9 10 11 13 15 17 18
reference-5 offline performance unique | 1 | 2 5 1 11 3 10 16 22 12 14 | 1 2 5 7 8 9
reference-5 offline performance same | 1 | 1 1 1 1 1 1 1 1 1 1 1 1 | 1 2 5 7 8 9 10 11
`;
