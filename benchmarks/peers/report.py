# SPDX-License-Identifier: MIT
"""The table on the terminal."""


def amount(value, unit):
    if unit == "MiB":
        return f"{value:.0f} MiB"
    if unit == "relative":
        return f"{value:.2e}"
    if unit in ("1 - NDCG@10", "loss"):
        return f"{value:.4f}"
    for scale, name in ((1, "s"), (1e-3, "ms"), (1e-6, "µs")):
        if value >= scale:
            return f"{value / scale:.3g} {name}"
    return f"{value:.2g} s"


def print_table(lines, header=True):
    """One line each: job, shape, factors, who, figures, ratio, bar, and whether it is reached."""
    if header:
        print(f"{'job':14}{'shape':8}{'f':>4}  {'hybrec':22}{'peer':26}{'hybrec':>10}{'peer':>10}"
              f"{'ratio':>8}{'bar':>6}", flush=True)
    for line in lines:
        bar = "" if line["bar"] is None else f"{line['bar']:.3g}"
        verdict = {None: "", True: "reached", False: "MISSED"}[line["reached"]]
        note = f"  ({line['repetitions']} repetitions)" if line.get("repetitions", 5) < 5 else ""
        print(f"{line['job']:14}{line['shape'][-7:]:8}{line['factors'] or '':>4}  {line['hybrec']:22}"
              f"{line['peer']:26}{amount(line['hybrec_value'], line['unit']):>10}"
              f"{amount(line['peer_value'], line['unit']):>10}{line['ratio']:>8.2f}{bar:>6}  {verdict}{note}",
              flush=True)
