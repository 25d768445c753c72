import { bundlePage } from '../../page-bundle.ts';
import { worker } from '../../vite.config.ts';

export default { ...bundlePage(import.meta.dirname), worker };
