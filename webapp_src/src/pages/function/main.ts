import '../../page.css';
import { startLanguage } from '../../localization/language';
import { LitDemoFunction } from './lit-demo-function';

await startLanguage();
customElements.define('lit-demo-function', LitDemoFunction);
