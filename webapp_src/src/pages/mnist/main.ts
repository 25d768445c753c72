import '../../page.css';
import './lit-demo-digit';
