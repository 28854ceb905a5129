// The notices that the licenses of bundled libraries ask for: they no longer lie in node_modules beside the code.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A folder of `node_modules` at any depth, with the name of its package. */
const PACKAGE_FOLDER = /^.*[\\/]node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+(?=[\\/])/;
const NOTICE = /^(?:licen[cs]e|copying|notice)(?:[.-].*)?$/i;

/**
 * A page in Markdown with each package that the modules come from, its license and its notices.
 * @throws {Error} for a package that names no license
 */
export function thirdPartyLicenses(moduleIds) {
  const folders = new Set(moduleIds.flatMap((id) => PACKAGE_FOLDER.exec(id) ?? []));
  const sections = [...folders].map(licenseSection).sort();
  return `# Licenses of the bundled libraries\n\n${[...new Set(sections)].join('\n')}`;
}

function licenseSection(folder) {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  if (typeof license !== 'string') throw new Error(`${name}@${version} is bundled, but names no license`);
  const notices = readdirSync(folder)
    .filter((file) => NOTICE.test(file))
    .map((file) => `\n\`\`\`text\n${readFileSync(join(folder, file), 'utf8').trim()}\n\`\`\`\n`);
  return `## ${name} ${version} (${license})\n${notices.join('')}`;
}
