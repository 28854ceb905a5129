// `node --import` this, so that a process begins at the moment of PICTURES_START (ISO 8601), and goes on from there.
import process from 'node:process';

const RealDate = Date;
const shift = RealDate.parse(process.env.PICTURES_START ?? '') - RealDate.now();
if (Number.isFinite(shift)) {
  globalThis.Date = class extends RealDate {
    constructor(...given) {
      if (given.length === 0) super(RealDate.now() + shift);
      else super(...given);
    }

    static now() {
      return RealDate.now() + shift;
    }
  };
}
