import '../../page.css';
import './lit-demo-function';
