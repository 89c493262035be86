import { errorCodes } from '../lib/errors/index.js';

/** docs/errors.md, as it has to be. */
export function errorsPage(): string {
  const rows = Object.entries(errorCodes).map(([code, meaning]) => `| \`${code}\` | ${meaning} |`);
  return `# Errors

Every error is a \`SluiceError { code, message, details, cause }\`. \`code\` is stable and made to branch on; \`message\` says what was being done, to what, what was found and what to do, and may change; \`details\` holds the same facts for programs; \`cause\` is the error underneath. What is wrong with options or with a pipeline is thrown where you write it; what fails later is in \`query.exception\`, and \`awaitTermination()\` rejects with it.

| code | when, and what to do |
|---|---|
${rows.join('\n')}
`;
}
