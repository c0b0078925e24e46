/** The part of the package `qrcode` that is used here; it ships no types of its own. */
declare module "qrcode" {
  export interface BitMatrix {
    readonly size: number;
    get(row: number, column: number): 0 | 1;
  }
  export function create(text: string, options: { readonly errorCorrectionLevel: "L" | "M" | "Q" | "H" }): { readonly modules: BitMatrix };
}
