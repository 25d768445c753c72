import '../../page.css';
import { startLanguage } from '../../localization/language';
import { LitDemoDigit } from './lit-demo-digit';

await startLanguage();
customElements.define('lit-demo-digit', LitDemoDigit);
