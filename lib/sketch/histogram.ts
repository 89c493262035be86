/**
 * A histogram of at most so many bins that moves its bins to where the numbers are, after Ben-Haim and Tom-Tov ("A
 * streaming parallel decision tree algorithm", 2010), in the variant of Hive and Spark (`histogram_numeric`).
 */
export interface Histogram {
  /** The centres of the bins in order, and how many numbers each stands for. */
  readonly centres: number[];
  readonly heights: number[];
  /** The state of the generator that breaks ties, 48 bits. */
  random: bigint;
}

// The seed that Spark uses, scrambled as `java.util.Random` does.
export const emptyHistogram = (): Histogram => ({ centres: [], heights: [], random: 31183n ^ MULTIPLIER });

export function addToHistogram(histogram: Histogram, value: number, maxBins: number): void {
  insert(histogram, value, 1);
  trim(histogram, maxBins);
}

function insert({ centres, heights }: Histogram, centre: number, height: number): void {
  let at = 0;
  for (let low = 0, high = centres.length; low < high;) {
    at = (low + high) >> 1;
    if (centres[at]! > centre) high = at;
    else if (centres[at]! < centre) low = ++at;
    // Equal, or NaN, which goes where the search meets it.
    else break;
  }
  if (centres[at] === centre) {
    heights[at]! += height;
  } else {
    centres.splice(at, 0, centre);
    heights.splice(at, 0, height);
  }
}

/** Takes the bins of `other` into `histogram`. */
export function mergeHistograms(histogram: Histogram, other: Histogram, maxBins: number): void {
  other.centres.forEach((centre, i) => insert(histogram, centre, other.heights[i]!));
  trim(histogram, maxBins);
}

/** Joins the two closest bins until there are no more than `maxBins`. */
function trim(histogram: Histogram, maxBins: number): void {
  const { centres, heights } = histogram;
  while (centres.length > maxBins) {
    let at = 0;
    let smallest = centres[1]! - centres[0]!;
    let ties = 1;
    for (let i = 1; i < centres.length - 1; i++) {
      const distance = centres[i + 1]! - centres[i]!;
      if (distance < smallest) {
        smallest = distance;
        at = i;
        ties = 1;
      } else if (distance === smallest && nextRandom(histogram) <= 1 / ++ties) {
        at = i;
      }
    }
    const height = heights[at]! + heights[at + 1]!;
    centres[at] = centres[at]! * (heights[at]! / height) + (centres[at + 1]! / height) * heights[at + 1]!;
    heights[at] = height;
    centres.splice(at + 1, 1);
    heights.splice(at + 1, 1);
  }
}

const MULTIPLIER = 0x5deece66dn;

/** From 0 to 1, the sequence of `java.util.Random`. */
function nextRandom(histogram: Histogram): number {
  const bits = (n: bigint): number => {
    histogram.random = BigInt.asUintN(48, histogram.random * MULTIPLIER + 0xbn);
    return Number(histogram.random >> (48n - n));
  };
  return (bits(26n) * 2 ** 27 + bits(27n)) * 2 ** -53;
}
