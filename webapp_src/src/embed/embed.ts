import './lit-demo';
