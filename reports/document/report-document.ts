import type { UtcMoment } from '../signing/utc-calendar.ts';

/** How a verdict is drawn; the word beside it says the same. */
export type VerdictTone = 'good' | 'caution' | 'bad' | 'neutral';

/** A label and what stands beside it. */
export interface Fact {
  readonly label: string;
  readonly value: string;
  /** Set in a typewriter face: hashes, ids. */
  readonly isCode?: boolean;
}

/** A number of the title page. */
export interface Headline {
  readonly label: string;
  readonly value: string;
  readonly note: string;
}

/** A column of a table. */
export interface TableColumn {
  readonly title: string;
  readonly align: 'left' | 'right';
  readonly isCode?: boolean;
  /** Takes the room that the others leave. */
  readonly isWide?: boolean;
}

/** A part of a section. */
export type ReportBlock =
  | { readonly kind: 'paragraph'; readonly text: string }
  | { readonly kind: 'notes'; readonly lines: readonly string[] }
  | { readonly kind: 'subheading'; readonly text: string }
  | { readonly kind: 'facts'; readonly facts: readonly Fact[] }
  | {
      readonly kind: 'table';
      readonly columns: readonly TableColumn[];
      readonly rows: readonly (readonly string[])[];
      readonly note: string;
    }
  | {
      readonly kind: 'chart';
      readonly title: string;
      readonly svg: string;
      readonly alt: string;
      readonly note: string;
    }
  | { readonly kind: 'code'; readonly lines: readonly string[] };

/** A section with its heading. */
export interface ReportSection {
  readonly title: string;
  readonly blocks: readonly ReportBlock[];
}

/** A file inside the PDF. */
export interface ReportAttachment {
  readonly name: string;
  readonly description: string;
  readonly content: string;
}

/** What a report says and in which order, free of how it looks. */
export interface ReportDocument {
  readonly title: string;
  /** Short words drawn as punches beside the title: whose mark this is, by which rules, when. */
  readonly hallmark: readonly string[];
  readonly labName: string;
  readonly labPlace: string;
  readonly runId: string;
  /** Dates the file: the end of the run, so that the same record gives the same bytes. */
  readonly issuedAt: UtcMoment;
  readonly verdict: {
    readonly word: string;
    readonly tone: VerdictTone;
    readonly sentence: string;
    readonly reasons: readonly string[];
  };
  readonly identity: readonly Fact[];
  readonly headlines: readonly Headline[];
  /** Printed on the title page: what this report is not. */
  readonly notices: readonly string[];
  readonly sections: readonly ReportSection[];
  readonly attachments: readonly ReportAttachment[];
}
