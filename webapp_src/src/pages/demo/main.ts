import '../../page.css';
import { startLanguage } from '../../localization/language';
import { LitDemoApp } from './lit-demo-app';

// What the HTML shows stays until the page can speak its language.
await startLanguage();
customElements.define('lit-demo-app', LitDemoApp);
