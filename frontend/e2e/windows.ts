// The two windows that every page has to be right in. Customers and shops hold a phone, who works for the district sits at a desk.
export const phone = { viewport: { width: 390, height: 844 }, hasTouch: true };
export const desk = { viewport: { width: 1280, height: 800 }, hasTouch: false };
