const between = (name, from, to) => ({ name, severity: 'error', from: { path: from }, to: { path: to } });

/** Dependencies point one way; tests/unit/architecture.test.ts runs this and asserts how many modules it saw. */
module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    between(
      'trading-is-pure',
      '^trading/',
      '^(workflows|activities|worker|api|adapters|simulator|launcher|commands|bench|dashboard)/',
    ),
    between('trading-has-no-node', '^trading/', '^(node:|fs|path|crypto|http|https|os|net)$'),
    between(
      'adapters-know-only-trading',
      '^adapters/',
      '^(workflows|activities|worker|api|simulator|launcher|commands)/',
    ),
    between('activities-do-not-know-the-api', '^activities/', '^(worker|api|simulator|launcher|commands)/'),
    {
      name: 'workflows-only-types-of-activities',
      severity: 'error',
      from: { path: '^workflows/' },
      to: { path: '^(activities|adapters)/', dependencyTypesNot: ['type-only'] },
    },
    between('workflows-know-no-process', '^workflows/', '^(worker|api|simulator|launcher|commands)/'),
    between('api-sends-messages-only', '^api/', '^(activities|worker|simulator|launcher|commands)/'),
    between('simulator-stands-alone', '^simulator/', '^(workflows|activities|worker|api|launcher|commands)/'),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
