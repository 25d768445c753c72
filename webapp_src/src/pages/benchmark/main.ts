import '../../page.css';
import './lit-demo-benchmark';
