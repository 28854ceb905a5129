import { readdirSync } from 'node:fs';
import importX, { createNodeResolver } from 'eslint-plugin-import-x';
import tseslint from 'typescript-eslint';

/** The rooms of src/, from the top down. A file may import from its own row and from rows further down, never up. */
const ROOMS = [
  ['cli.ts', 'cli'],
  ['server.ts'],
  ['demo', 'config', 'telemetry'],
  ['rest', 'live'],
  ['http'],
  ['graphql'],
  ['maintenance'],
  ['webhooks'],
  ['graph'],
  ['training'],
  ['feedback'],
  ['adapters'],
  ['tokens'],
  ['audit'],
  ['validation'],
  ['model'],
  ['store'],
];

/** Plugins judge what they are handed: they read nothing of what is stored. */
const STRANGERS = [['validation', 'store']];

/** The rooms of the console, from the top down, as those of src/. Screens know nothing of one another (see below). */
const CONSOLE_ROOMS = [
  ['frame'],
  ['screens'],
  ['components'],
  ['api', 'keys', 'session'],
  ['router', 'messages', 'theme'],
];

/** Each room with each of those above it, which it must not import. */
function pairsOf(rooms) {
  return rooms.flatMap((row, depth) =>
    row.flatMap((room) =>
      rooms
        .slice(0, depth)
        .flat()
        .map((above) => [room, above]),
    ),
  );
}

const zones = [...pairsOf(ROOMS), ...STRANGERS].map(([room, other]) => ({
  target: `./src/${room}`,
  from: `./src/${other}`,
}));

const CONSOLE = './web/console';
const screens = readdirSync(`${CONSOLE}/screens`);
const consoleZones = [
  ...pairsOf(CONSOLE_ROOMS).map(([room, above]) => ({ target: `${CONSOLE}/${room}`, from: `${CONSOLE}/${above}` })),
  ...screens.map((screen) => ({
    target: `${CONSOLE}/screens/${screen}`,
    from: `${CONSOLE}/screens`,
    except: [`./${screen}`],
    message: 'Screens do not import one another: what two of them need is a component.',
  })),
];

/** A package knows nothing of the server that uses it. */
const SERVER = ['src', 'test', 'web', 'scripts', 'bench'];
const packageZones = SERVER.map((folder) => ({ target: './packages', from: `./${folder}` }));

export default tseslint.config(
  {
    ignores: [
      'dist/',
      'packages/*/dist/',
      'packages/client/src/api-types.generated.ts',
      'coverage/',
      'src/rest/operations.generated.ts',
      'web/console/**/*.generated.ts',
    ],
  },
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: { allowDefaultProject: ['*.js'] } } },
    plugins: { 'import-x': importX },
    rules: {
      'import-x/no-restricted-paths': ['error', { zones: [...zones, ...consoleZones, ...packageZones] }],
      'import-x/order': ['error', { alphabetize: { order: 'asc' }, 'newlines-between': 'never' }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-extraneous-class': ['error', { allowWithDecorator: true }],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/no-unused-vars': ['error', { varsIgnorePattern: '^_', argsIgnorePattern: '^_' }],
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: false }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      // The classes of the schema describe shapes; plain objects are what resolvers return (TypeGraphQL's own way).
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      'no-console': 'error',
    },
    settings: {
      'import-x/resolver-next': [
        createNodeResolver({
          extensionAlias: { '.js': ['.ts', '.tsx', '.js'] },
          conditionNames: ['@feedback-graph/source', 'node', 'import', 'default'],
        }),
      ],
      'import-x/external-module-folders': ['node_modules', 'packages'],
    },
  },
  {
    // Only what reads across all of the graph, and what runs queries over it, knows the query language.
    files: ['src/**'],
    ignores: ['src/graph/**', 'src/graphql/**'],
    rules: { 'no-restricted-imports': ['error', { patterns: ['@feedback-graph/cypher', '@feedback-graph/cypher/*'] }] },
  },
  {
    files: ['test/**/*.ts', 'packages/*/test/**/*.ts'],
    rules: {
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-unnecessary-type-parameters': 'off',
    },
  },
  {
    // One job each: a component that needs more lines has two.
    files: ['web/console/**/*.tsx'],
    rules: { 'max-lines': ['error', { max: 200 }] },
  },
  { files: ['**/*.js'], ...tseslint.configs.disableTypeChecked },
);
