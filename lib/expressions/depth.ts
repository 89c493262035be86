/** How deep an expression may be nested: deep enough for what people write, shallow enough for every stack. */
export const deepest = 500;
