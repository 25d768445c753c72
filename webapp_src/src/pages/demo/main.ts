import '../../page.css';
import './lit-demo-app';
