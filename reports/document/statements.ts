/** What must stand on the title page of every report. */
export const titleNotices: readonly string[] = [
  'Not an MLPerf® result; not verified by MLCommons Association. MLPerf is a registered trademark of MLCommons Association.',
  'Not certified: no accredited body has reviewed this report or this lab.',
  'Signed with a self-made certificate of this lab: the signature shows that nothing was changed, not who the lab is.',
];

/** What must stand at the end of every report. */
export const closingStatements: readonly string[] = [
  'The results relate only to the items tested, in the state and with the configuration stated here.',
  'Every number in this report was derived from the raw files listed above by the rule set named above; assay verify derives them again and compares them exactly.',
  'The report shall not be reproduced except in full.',
  ...titleNotices,
];
