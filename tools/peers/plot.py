"""The plot of seconds against minutes of speech, as SVG; both axes logarithmic."""
import math

COLOURS = ["#0b6e99", "#c0392b", "#d68910", "#7d3c98", "#1e8449", "#5d6d7e"]
WIDTH, HEIGHT, LEFT, BOTTOM, TOP, RIGHT = 760, 440, 70, 50, 20, 250


def plot(points, titles):
    everything = [point for found in points.values() for point in found]
    lengths = sorted({minutes for minutes, _ in everything})
    low, high = lengths[0], max(lengths[-1], lengths[0] * 2)
    first, last = math.floor(math.log10(min(s for _, s in everything))), math.ceil(math.log10(max(s for _, s in everything)))
    last = max(last, first + 1)
    inner = WIDTH - LEFT - RIGHT

    def x(minutes):
        return LEFT + inner * math.log(minutes / low) / math.log(high / low)

    def y(seconds):
        return HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * (math.log10(seconds) - first) / (last - first)

    out = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" font-size="12">',
           "<title>Seconds of the whole process against minutes of speech</title>",
           f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>']
    for power in range(first, last + 1):
        at = y(10.0 ** power)
        out.append(f'<path d="M{LEFT} {at:.1f}H{WIDTH - RIGHT}" stroke="#ddd"/>'
                   f'<text x="{LEFT - 8}" y="{at + 4:.1f}" text-anchor="end">{10.0 ** power:g} s</text>')
    for minutes in lengths:
        out.append(f'<path d="M{x(minutes):.1f} {TOP}V{HEIGHT - BOTTOM}" stroke="#eee"/>'
                   f'<text x="{x(minutes):.1f}" y="{HEIGHT - BOTTOM + 18}" text-anchor="middle">{minutes:g}</text>')
    out.append(f'<text x="{LEFT + inner / 2:.0f}" y="{HEIGHT - 10}" text-anchor="middle">minutes of speech</text>')
    for i, (engine, found) in enumerate(points.items()):
        colour = COLOURS[i % len(COLOURS)]
        line = " ".join(f"{x(minutes):.1f},{y(seconds):.1f}" for minutes, seconds in found)
        out.append(f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="2"/>')
        out += [f'<circle cx="{x(m):.1f}" cy="{y(s):.1f}" r="3" fill="{colour}"/>' for m, s in found]
        at = TOP + 14 + 20 * i
        title = titles[engine].replace("faster-whisper int8", "f.-whisper").replace("2 workers x 1 thread", "2x1")
        out.append(f'<rect x="{WIDTH - RIGHT + 12}" y="{at - 9}" width="12" height="10" fill="{colour}"/>'
                   f'<text x="{WIDTH - RIGHT + 30}" y="{at}">{title}</text>')
    return "\n".join([*out, "</svg>", ""])
