import '@mantine/core/styles/baseline.css';
import '@mantine/core/styles/default-css-variables.css';
import '@mantine/core/styles/global.css';
import '@mantine/core/styles/UnstyledButton.css';
import '@mantine/core/styles/Loader.css';
import '@mantine/core/styles/Button.css';
import '@mantine/core/styles/Input.css';
import '@mantine/core/styles/InlineInput.css';
import '@mantine/core/styles/Checkbox.css';
import '@mantine/core/styles/Progress.css';
import './page.css';
import { createRoot } from 'react-dom/client';
import { App, fetchScreen } from './app.tsx';
import { silentPath } from './session/manager.ts';
import { endSilentSignIn } from './session/silent-sign-in.ts';
import { holdsFiles } from './upload/dropped.ts';

// Without a zone for it, a file that is dropped would take the place of the page, and end its uploads.
// Text still drops into a field.
for (const event of ['dragover', 'drop'] as const)
  window.addEventListener(event, (drag) => holdsFiles(drag) && drag.preventDefault());

if (location.pathname === silentPath) await endSilentSignIn();
else {
  fetchScreen(location);
  createRoot(document.getElementById('root')!).render(<App />);
}
