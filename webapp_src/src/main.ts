import './page.css';
import './components/lit-demo-app';
