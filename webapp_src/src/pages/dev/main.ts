import '../../page.css';
import './lit-demo-desk';
