export { LitDemo } from './lit-demo';
