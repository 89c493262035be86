/** Writes the JavaScript of the package to dist/, beside the declarations of the compiler: part of `npm run build`. */
import { bundle } from './bundle.js';

await bundle('dist');
