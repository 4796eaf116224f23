import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.lucene.queries.intervals.Intervals;
import org.apache.lucene.queries.intervals.IntervalsSource;

/**
 * Something that stands over so many positions, whichever way it is found. No finding of one width lies within
 * another of that width, so that Lucene's intervals, which keep only the shortest, keep all.
 */
record Form(IntervalsSource source, int width) {
  /** An arrangement of words: what must stand at which offset. */
  static Form of(SortedMap<Integer, List<IntervalsSource>> slots, int width) {
    List<IntervalsSource> blocks = new ArrayList<>();
    int at = 0;
    for (var slot : slots.entrySet()) {
      IntervalsSource here = slot.getValue().get(0);
      for (IntervalsSource also : slot.getValue().subList(1, slot.getValue().size())) {
        here = Intervals.containedBy(here, also);
      }
      boolean last = slot.getKey().equals(slots.lastKey());
      int after = last ? width - slot.getKey() - 1 : 0;
      blocks.add(extended(here, slot.getKey() - at, after));
      at = slot.getKey() + 1;
    }
    return new Form(block(blocks), width);
  }

  /** This one, and the other after it with `gap` positions between them. */
  Form then(Form other, int gap) {
    return new Form(block(List.of(source, extended(other.source, gap, 0))), width + gap + other.width);
  }

  /** The same with one form a width. */
  static List<Form> byWidth(List<Form> forms) {
    Map<Integer, List<IntervalsSource>> sources = new TreeMap<>();
    for (Form form : forms) {
      sources.computeIfAbsent(form.width, width -> new ArrayList<>()).add(form.source);
    }
    List<Form> joined = new ArrayList<>();
    sources.forEach((width, ways) -> joined.add(new Form(either(ways), width)));
    return joined;
  }

  /** Any of the sources, as they are: without Lucene's rewriting of what they stand in. */
  static IntervalsSource either(List<IntervalsSource> sources) {
    return sources.size() == 1
        ? sources.get(0)
        : Intervals.or(false, sources.toArray(IntervalsSource[]::new));
  }

  private static IntervalsSource extended(IntervalsSource source, int before, int after) {
    return before + after == 0 ? source : Intervals.extend(source, before, after);
  }

  private static IntervalsSource block(List<IntervalsSource> blocks) {
    return blocks.size() == 1 ? blocks.get(0) : Intervals.phrase(blocks.toArray(IntervalsSource[]::new));
  }
}
