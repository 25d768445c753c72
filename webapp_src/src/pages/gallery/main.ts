import '../../page.css';
import { startLanguage } from '../../localization/language';
import { LitDemoGallery } from './lit-demo-gallery';

// What the HTML shows stays until the page can speak its language.
await startLanguage();
customElements.define('lit-demo-gallery', LitDemoGallery);
