// What tsc cannot see: hooks, and who may import whom (house rule 25).
import reactHooks from "eslint-plugin-react-hooks";
import tseslint from "typescript-eslint";

function forbid(files, regex, message, ignores = ["**/*.test.*"]) {
  return { files, ignores, rules: { "no-restricted-imports": ["error", { patterns: [{ regex, message }] }] } };
}

// What the oldest browsers that the README names do not have; tsc does not know their age.
const kTooNew = [
  ["AbortSignal", "any"],
  ["URL", "canParse"],
  ["URL", "parse"],
].map(([object, property]) => ({ object, property, message: "not in Safari 16.4" }));

export default tseslint.config(
  { ignores: ["dist", "screenshots", "node_modules", "src/api/schema.d.ts"] },
  ...tseslint.configs.recommendedTypeChecked,
  { languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } } },
  { files: ["**/*.js", "**/*.mjs"], ...tseslint.configs.disableTypeChecked },
  {
    files: ["src/**/*.{ts,tsx}"],
    plugins: { "react-hooks": reactHooks },
    rules: {
      "react-hooks/rules-of-hooks": "error",
      "react-hooks/exhaustive-deps": "error",
      "@typescript-eslint/no-unused-vars": ["error", { varsIgnorePattern: "^_" }],
      "@typescript-eslint/switch-exhaustiveness-check": "error",
      "no-restricted-properties": ["error", ...kTooNew],
      "@typescript-eslint/no-misused-promises": ["error", { checksVoidReturn: { attributes: false } }],
    },
  },
  forbid(["src/features/**"], "^\\.\\./(?!\\.\\./)|/features/|/app(-|$)", "a feature uses components, api, lib and i18n; never another feature"),
  forbid(["src/components/**"], "features|/app(-|$)|api/(?!types|job-view|settings|upload-machine|errors)", "a component takes props and draws"),
  forbid(["src/lib/**"], "^\\.\\./", "lib stands alone"),
  forbid(["src/api/**"], "features|components|i18n|/app(-|$)", "api knows nothing of what is drawn"),
  forbid(["src/i18n/**"], "features|components|api/|/app(-|$)", "words know nothing of what is drawn"),
);
