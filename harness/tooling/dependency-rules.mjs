/** Who may import whom: the picture of harness/docs/architecture.md, checked by dependency-cruiser. */
const areas = '^(harness|drivers|suites|reports|fixtures)/';
const test = '[.-](test|bench|contract)\\.ts$|/testing/|^fixtures/labs/';
const kernel = '^harness/kernel/';
const contracts = '^harness/contracts/';
const judge = '^harness/judge/';

/** Files under `from` may import their own folder and `allowed`, nothing else of ours. */
const layer = (from, ...allowed) => ({
  name: `${from} is above ${allowed.join(' ') || 'nothing'}`,
  severity: 'error',
  from: { path: `^${from}/`, pathNot: test },
  to: { path: areas, pathNot: [`^${from}/`, ...allowed] },
});

/** Only files under `folder` may import the package `name`. */
const confine = (name, folder) => ({
  name: `${name} belongs to ${folder}`,
  severity: 'error',
  from: { path: areas, pathNot: [`^${folder}/`, test] },
  to: { path: `node_modules/${name}(/|$)` },
});

export default {
  forbidden: [
    { name: 'no cycles, not even of types', severity: 'error', from: {}, to: { circular: true } },
    { name: 'every import resolves', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'nothing imports a test',
      severity: 'error',
      from: { pathNot: '/testing/' },
      to: { path: '\\.test\\.ts$' },
    },
    {
      name: 'dev packages stay in tests and tooling',
      severity: 'error',
      from: { path: areas, pathNot: [test, '^harness/tooling/'] },
      to: {
        dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'],
        pathNot: 'node_modules/@types/',
      },
    },
    layer('harness/kernel'),
    layer('harness/contracts', kernel),
    layer('harness/judge', kernel, contracts),
    layer('harness/loadgen', kernel, contracts, judge),
    layer('harness/engine', kernel, contracts, judge, '^harness/loadgen/'),
    layer('harness/stations', kernel, contracts, '^harness/engine/'),
    layer('harness/store', kernel, contracts),
    layer('harness/telemetry', kernel, contracts, judge),
    layer('harness/config', kernel, contracts),
    layer('harness/api', kernel, contracts),
    layer('harness/console', contracts),
    layer(
      'harness/app',
      '^harness/(?!cli/|tooling/|agent/)',
      '^reports/',
      '^suites/runtime/',
      // The bus is the machine's, not a device's: doctor lists it and the daemon watches it.
      '^drivers/transports/usb/',
    ),
    layer('harness/agent', kernel, contracts, '^drivers/transports/', '^suites/runtime/'),
    layer('harness/cli', kernel, contracts, '^harness/(app|agent)/', '^harness/config/environment'),
    layer('drivers', kernel, contracts),
    layer('suites', kernel, contracts),
    layer('reports', kernel, contracts, judge),
    layer(
      'fixtures',
      kernel,
      contracts,
      '^drivers/transports/',
      '^suites/(runtime|datasets)/',
      '^suites/[^/]+/[^/]+\\.ts$',
    ),
    {
      name: 'a driver does not import its sibling',
      severity: 'error',
      from: { path: '^drivers/(duts|power|thermal|facility)/([^/]+)/', pathNot: test },
      to: { path: '^drivers/(duts|power|thermal|facility)/', pathNot: '^drivers/$1/$2/' },
    },
    {
      name: 'a suite does not import its sibling',
      severity: 'error',
      from: { path: '^suites/([^/]+)/', pathNot: test },
      to: { path: '^suites/', pathNot: ['^suites/$1/', '^suites/(runtime|metrics|datasets)/'] },
    },
    {
      name: 'sockets belong to transports and telemetry',
      severity: 'error',
      from: { path: areas, pathNot: [test, '^(drivers/transports|fixtures|harness/telemetry)/'] },
      to: { path: '^(node:)?(net|tls|dgram|http|https)$' },
    },
    {
      name: 'the judge and the load generator touch no disk and no process',
      severity: 'error',
      from: { path: '^harness/(judge|loadgen|kernel/(?!ids|system-clock))', pathNot: test },
      to: { dependencyTypes: ['core'], pathNot: '^(node:)?(timers|process)' },
    },
    confine('serialport', 'drivers/transports'),
    confine('usb', 'drivers/transports'),
    confine('undici', 'drivers/transports'),
    confine('@grpc/(grpc-js|proto-loader)', '(drivers/transports|fixtures)'),
    confine('eventsource-parser', 'drivers/duts/text-endpoint'),
    confine('@huggingface/tokenizers', '(drivers/duts/text-endpoint|fixtures/boards/text-server)'),
    confine('net-snmp', 'drivers/facility'),
    confine('onnxruntime-node', 'suites/runtime'),
    confine('piscina', 'suites/runtime'),
    confine('fastify', 'harness/api'),
    confine('@lydell/node-pty', 'fixtures/pseudo-terminal'),
    confine('commander', 'harness/cli'),
    confine('@myriaddreamin/typst-ts-node-compiler', 'reports/pdf'),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^harness/(tooling|docs)/' },
    tsPreCompilationDeps: 'specify',
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['types', 'import', 'node', 'default'],
      extensions: ['.ts', '.js', '.mjs', '.json'],
    },
  },
};
