import type { ExportLeg } from '../export-run.ts';
import type { DetailLogContent } from './detail-log-content.ts';
import type { ScenarioView } from './layout-view.ts';

/** How strict a check is. */
export interface CheckOptions {
  /** Sizes other than the official ones become notes: own data under an official name. */
  readonly skipsSetSizes: boolean;
}

/** One detail log and where it belongs. */
export interface LogView {
  /** Path in the tree. */
  readonly file: string;
  readonly leg: ExportLeg;
  readonly content: DetailLogContent;
  readonly folder: ScenarioView;
  /** The scenario that the log states; else that of its folder. */
  readonly scenario: string;
  readonly options: CheckOptions;
}
