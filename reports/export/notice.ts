/** What every file of an export says, where its format has room for text. */
export const notResultNotice =
  'not an MLPerf® result; not verified by MLCommons Association; unverified';

/** The field that holds the notice in JSON files. */
export const noticeField = '_notice';

/** Whose name the layout's file names carry. */
export const trademarkAttribution =
  'The MLPerf name and logo are registered and unregistered trademarks of MLCommons Association in the United States ' +
  'and other countries. All rights reserved. Unauthorized use is strictly prohibited. See www.mlcommons.org for more ' +
  'information.';

/** Stands where our records hold no value and the format allows text. */
export const notRecorded = 'n/a';
