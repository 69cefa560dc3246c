/** Every text of the console; `{name}` stands for what varies. Words of the glossary are looked up by their English. */
export interface Texts {
  readonly language: string;
  readonly connecting: string;
  readonly live: string;
  readonly reconnecting: string;
  readonly boards: string;
  readonly noBoards: string;
  readonly running: string;
  readonly nothingRuns: string;
  readonly queue: string;
  readonly queueEmpty: string;
  readonly results: string;
  readonly noResults: string;
  readonly newRun: string;
  readonly loading: string;
  readonly suite: string;
  readonly board: string;
  readonly scenario: string;
  readonly mode: string;
  readonly audit: string;
  readonly asSuite: string;
  readonly keyResult: string;
  readonly queriesPerSecond: string;
  readonly overLimit: string;
  readonly tokensPerSecond: string;
  readonly byDevice: string;
  readonly peak: string;
  readonly noPeak: string;
  readonly moreNeeded: string;
  readonly reason: string;
  readonly started: string;
  readonly accuracy: string;
  readonly throughput: string;
  readonly energy: string;
  readonly verdict: string;
  readonly evidence: string;
  readonly report: string;
  readonly record: string;
  readonly put: string;
  readonly queued: string;
  readonly refused: string;
  readonly cancel: string;
  readonly cancelJob: string;
  readonly station: string;
  readonly health: string;
  readonly powerMeter: string;
  readonly none: string;
  readonly lastError: string;
  readonly recovery: string;
  readonly rungUsed: string;
  readonly recoveryHelped: string;
  readonly recoveryInVain: string;
  readonly attempt: string;
  readonly words: Readonly<Record<string, string>>;
}

const en: Texts = {
  language: 'Language',
  connecting: 'Connecting…',
  live: 'Live',
  reconnecting: 'No connection to the daemon. Trying again; what is shown may be old.',
  boards: 'Boards',
  noBoards: 'No boards yet: add one to lab.config.ts.',
  running: 'Running now',
  nothingRuns: 'Nothing is running.',
  queue: 'Queue',
  queueEmpty: 'The queue is empty.',
  results: 'Results',
  noResults: 'No runs yet: queue the first one.',
  newRun: 'New run',
  loading: 'Loading…',
  suite: 'Suite',
  board: 'Board',
  scenario: 'Scenario',
  mode: 'Mode',
  audit: 'Audit',
  asSuite: 'as the suite says',
  keyResult: 'Key result',
  queriesPerSecond: '{rate} q/s',
  overLimit: '{count} over the limit',
  tokensPerSecond: '{rate} tok/s',
  byDevice: 'device {percentile} {ms} ms',
  peak: 'peak {rate} q/s',
  noPeak: 'no rate holds the limit',
  moreNeeded: '{count} more queries needed',
  reason: 'Waits because',
  started: 'Started',
  accuracy: 'Accuracy',
  throughput: 'inf/s',
  energy: 'µJ/inf',
  verdict: 'Verdict',
  evidence: 'Evidence',
  report: 'Report (PDF)',
  record: 'Record',
  put: 'Put into the queue',
  queued: 'Job {id} is in the queue.',
  refused: 'Refused: {detail} {remedy}',
  cancel: 'Cancel',
  cancelJob: 'Cancel job {id}',
  station: 'Station {id}',
  health: 'Health: {word}',
  powerMeter: 'Power meter {id}',
  none: '–',
  lastError: 'Last error: {code}',
  recovery: 'Recovery: {rungs}',
  rungUsed: '{rung} helped {helped} of {tried}',
  recoveryHelped: 'recovery by {rung} after {reason}: helped',
  recoveryInVain: 'recovery by {rung} after {reason}: did not help',
  attempt: 'attempt {number}',
  words: {
    'board-busy': 'board busy',
    'instrument-busy': 'instrument busy',
    'station-busy': 'station busy',
    'behind-other-job': 'behind another job',
    'disk-low': 'disk low',
    both: 'accuracy and performance',
    compliance: 'compliance audit',
    targetQps: 'Rate',
    peakStartQps: 'First rate of the search',
    targetLatencyMs: 'Latency limit',
    samplesPerQuery: 'Samples per query',
    minDurationMs: 'Shortest duration',
    none: '–',
  },
};

const zhTw: Texts = {
  language: '語言',
  connecting: '連線中…',
  live: '即時',
  reconnecting: '與服務程式失去連線，正在重試；畫面上的資料可能已過時。',
  boards: '電路板',
  noBoards: '尚無電路板：請在 lab.config.ts 中加入。',
  running: '執行中',
  nothingRuns: '目前沒有執行中的測試。',
  queue: '佇列',
  queueEmpty: '佇列是空的。',
  results: '結果',
  noResults: '尚無測試結果：請先排入第一項。',
  newRun: '新增測試',
  loading: '載入中…',
  suite: '測試套件',
  board: '電路板',
  scenario: '情境',
  mode: '模式',
  audit: '稽核項目',
  asSuite: '依測試套件設定',
  keyResult: '主要結果',
  queriesPerSecond: '每秒 {rate} 次查詢',
  overLimit: '{count} 次超過上限',
  tokensPerSecond: '每秒 {rate} 個 token',
  byDevice: '裝置 {percentile} {ms} ms',
  peak: '峰值每秒 {rate} 次查詢',
  noPeak: '沒有符合上限的速率',
  moreNeeded: '還需要 {count} 次查詢',
  reason: '等待原因',
  started: '開始時間',
  accuracy: '準確率',
  throughput: '推論/秒',
  energy: 'µJ/推論',
  verdict: '判定',
  evidence: '證據',
  report: '報告 (PDF)',
  record: '紀錄',
  put: '排入佇列',
  queued: '工作 {id} 已排入佇列。',
  refused: '已拒絕：{detail} {remedy}',
  cancel: '取消',
  cancelJob: '取消工作 {id}',
  station: '測試站 {id}',
  health: '健康狀態：{word}',
  powerMeter: '功率計 {id}',
  none: '–',
  lastError: '最近的錯誤：{code}',
  recovery: '復原：{rungs}',
  rungUsed: '{rung} {tried} 次中 {helped} 次有效',
  recoveryHelped: '因 {reason} 以「{rung}」復原：有效',
  recoveryInVain: '因 {reason} 以「{rung}」復原：無效',
  attempt: '第 {number} 次',
  words: {
    free: '空閒',
    leased: '使用中',
    recovering: '復原中',
    unsafe: '不安全',
    good: '良好',
    unknown: '未知',
    suspect: '可疑',
    none: '–',
    pass: '通過',
    marginal: '勉強通過',
    inconclusive: '無法判定',
    fail: '未通過',
    aborted: '已中止',
    error: '錯誤',
    starting: '啟動中',
    'board-busy': '電路板使用中',
    'board-unsafe': '電路板不安全',
    'not-configured': '未列入設定',
    'instrument-busy': '儀器使用中',
    'station-busy': '測試站使用中',
    'behind-other-job': '前面還有其他工作',
    draining: '停止接受中',
    'disk-low': '磁碟空間不足',
    'single-stream': '單一串流',
    'multi-stream': '多重串流',
    server: '伺服器',
    offline: '離線',
    'find-peak': '尋找峰值',
    performance: '效能',
    accuracy: '準確率',
    both: '準確率與效能',
    compliance: '合規稽核',
    'real-results': '真實結果',
    'no-caching': '無快取',
    'other-seeds': '其他亂數種子',
    'token-consistency': 'Token 一致性',
    'output-length': '輸出長度',
    passed: '通過',
    failed: '未通過',
    targetQps: '查詢速率',
    peakStartQps: '搜尋起始速率',
    targetLatencyMs: '延遲上限',
    samplesPerQuery: '每次查詢的樣本數',
    minDurationMs: '最短時間',
    'per second': '每秒',
    s: '秒',
    ms: '毫秒',
    queries: '次查詢',
    securing: '確保安全',
    identifying: '識別',
    deploying: '部署',
    booting: '開機',
    probing: '試測',
    settling: '穩定中',
    measuring: '量測',
    verifying: '驗證',
    collecting: '收集',
    releasing: '釋放',
    ended: '已結束',
    prepare: '準備',
    windows: '時間窗',
    stream: '串流',
    probe: '探測',
    reopen: '重新開啟連線',
    reset: '重設',
    'port-power': '連接埠電源重啟',
    'power-switch': '電源開關重啟',
    redeploy: '重新部署',
    leg: '稽核段',
  },
};

/** The languages there are, by the value of the switch. */
export const languages = { en, 'zh-TW': zhTw } as const;

/** A language there is. */
export type Language = keyof typeof languages;

/** Whether this is a language there is. */
export function isLanguage(text: string | null): text is Language {
  return text !== null && Object.hasOwn(languages, text);
}

/** The text with its `{names}` filled in. Pure. */
export function fill(text: string, values: Readonly<Record<string, string>>): string {
  return text.replaceAll(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole);
}

/** A word of the glossary in this language; the word itself where it has none. Pure. */
export function word(texts: Texts, english: string): string {
  return Object.hasOwn(texts.words, english) ? (texts.words[english] ?? english) : english;
}

/**
 * A run's note on its progress with the words that this page knows: how many more queries are needed, by what a board
 * was brought back. Pure.
 */
export function noteText(texts: Texts, note: string): string {
  const recovery = /^recovery by (\S+) after (\S+): (helped|did not help)$/.exec(note);
  if (recovery !== null) {
    const [, rung = '', reason = '', outcome] = recovery;
    const text = outcome === 'helped' ? texts.recoveryHelped : texts.recoveryInVain;
    return fill(text, { rung: word(texts, rung), reason });
  }
  return note.replaceAll(/(\d[\d\s]*?) more(?: queries)? needed/g, (_whole, count: string) =>
    fill(texts.moreNeeded, { count }),
  );
}
