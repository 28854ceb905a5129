// Bundles the widget into one file, which pages without a bundler load with <script type="module">.
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const at = (path) => fileURLToPath(new URL(path, import.meta.url));
const bundle = await rolldown({ input: at('../dist/widget/register.js'), platform: 'browser' });
await bundle.write({ file: at('../dist/feedback-thumbs.js'), format: 'esm', minify: true });
await bundle.close();
