// Checks the HTML of every component: the Go test that renders the gallery writes it in each language, theme and size, and
// html-validate reads that.
// Rules switched off: unique-landmark, because states of one component stand side by side there (axe looks at the real pages);
// tel-non-breaking, because numbers must stay as people copy them.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const here = fileURLToPath(new URL('.', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'gallery-'));
const run = (command, args, cwd) => spawnSync(command, args, { cwd, stdio: 'inherit' }).status ?? 1;

let status = run('go', ['test', './server/web/ui', '-run', '^TestGallery$', '-count=1', '-gallery', folder], root);
if (status === 0) status = run(join(here, 'node_modules/.bin/html-validate'), ['--config', join(here, '.htmlvalidate.json'), join(folder, '*.html')], here);
rmSync(folder, { recursive: true });
process.exitCode = status;
