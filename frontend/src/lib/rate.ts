// Speed of something that grows, smoothed so that "time left" does not jump: an exponential mean over about ten seconds.
export interface Rate {
  atMs: number;
  amount: number;
  perSecond: number | null;
  observedMs: number;
}

const kMemoryMs = 10_000;

export function startRate(atMs: number, amount: number): Rate {
  return { atMs, amount, perSecond: null, observedMs: 0 };
}

export function observe(rate: Rate, atMs: number, amount: number): Rate {
  const elapsed = atMs - rate.atMs;
  if (elapsed < 250) return rate;
  const current = (Math.max(0, amount - rate.amount) * 1000) / elapsed;
  const weight = rate.perSecond === null ? 1 : 1 - Math.exp(-elapsed / kMemoryMs);
  const perSecond = (rate.perSecond ?? 0) * (1 - weight) + current * weight;
  return { atMs, amount, perSecond, observedMs: rate.observedMs + elapsed };
}

// Seconds until `total`; null until two seconds were seen, since an earlier guess would be a lie.
export function secondsLeft(rate: Rate, total: number): number | null {
  if (rate.perSecond === null || rate.perSecond <= 0 || rate.observedMs < 2000) return null;
  return Math.max(0, total - rate.amount) / rate.perSecond;
}
