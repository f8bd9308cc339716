import js from '@eslint/js';
import prettier from 'eslint-config-prettier';
import reactHooks from 'eslint-plugin-react-hooks';
import tseslint from 'typescript-eslint';

const noDefaultExports = {
  selector: 'ExportDefaultDeclaration',
  message: 'Export by name: the name is what the file is called after.',
};
const noProcessEnv = {
  selector: "MemberExpression[object.name='process'][property.name='env']",
  message: 'Only cli/configuration.ts reads the environment; take what you need as an option.',
};

export default tseslint.config(
  { ignores: ['dist/', 'node_modules/', 'test-results/', 'playwright-report/', '.countersign/', 'out/'] },
  js.configs.recommended,
  {
    files: ['**/*.{ts,tsx}'],
    extends: [...tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      eqeqeq: 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      // Our objects are closures, whose methods need no `this`.
      '@typescript-eslint/unbound-method': 'off',
      // Interfaces and ports ask for promises where one implementation has nothing to wait for.
      '@typescript-eslint/require-await': 'off',
      // React's event handlers and Express's take async functions.
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: false }],
      'no-restricted-syntax': ['error', noDefaultExports, noProcessEnv],
      'no-restricted-properties': [
        'error',
        { property: 'remoteAddress', message: 'Behind a proxy that is the proxy: use clientAddress or clientNetwork.' },
      ],
    },
  },
  { files: ['cli/configuration.ts'], rules: { 'no-restricted-syntax': ['error', noDefaultExports] } },
  // The tools want these exports, and the tests set up the environment of what they start.
  { files: ['*.config.ts', 'web/*.config.ts', 'test/**', 'examples/**'], rules: { 'no-restricted-syntax': 'off' } },
  { files: ['web/**/*.{ts,tsx}'], ...reactHooks.configs.flat['recommended-latest'] },
  {
    files: ['**/*.{js,mjs,cjs}'],
    languageOptions: {
      globals: {
        console: 'readonly',
        process: 'readonly',
        module: 'writable',
        setInterval: 'readonly',
        clearInterval: 'readonly',
      },
    },
  },
  prettier,
);
