import '../../page.css';
