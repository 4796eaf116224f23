import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.lucene.index.IndexReader;
import org.apache.lucene.index.Term;
import org.apache.lucene.queries.intervals.IntervalQuery;
import org.apache.lucene.queries.intervals.IntervalsSource;
import org.apache.lucene.search.BooleanClause.Occur;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.MatchNoDocsQuery;
import org.apache.lucene.search.MultiPhraseQuery;
import org.apache.lucene.search.PhraseQuery;
import org.apache.lucene.search.Query;

/** A term or a phrase, loose or not, in any of some fields. */
record Phrase(List<String> fields, int slop, List<Word> words) implements Part {
  @Override
  public Query query(IndexReader reader) throws IOException {
    BooleanQuery.Builder any = new BooleanQuery.Builder();
    for (String field : fields) {
      any.add(in(field, reader), Occur.SHOULD);
    }
    return any.build();
  }

  private Query in(String field, IndexReader reader) throws IOException {
    if (words.size() == 1 && words.get(0).texts().size() == 1) {
      return words.get(0).query(field);
    }
    boolean plain = words.stream().noneMatch(word -> word.kind() == Word.Kind.WILD);
    boolean other = reader == null ? !plain : slop > 0 && words.size() > 1 && !isLucenes(field, reader);
    if (other) {
      List<IntervalsSource> sources = forms(field, reader).stream().map(Form::source).toList();
      return sources.isEmpty()
          ? new MatchNoDocsQuery("a word is missing")
          : new IntervalQuery(field, Form.either(sources));
    }
    return plain ? phrase(field) : multiPhrase(field, reader);
  }

  private Query phrase(String field) {
    PhraseQuery.Builder phrase = new PhraseQuery.Builder().setSlop(slop);
    int offset = 0;
    for (Word word : words) {
      for (int n = 0; n < word.texts().size(); n++) {
        phrase.add(new Term(field, word.texts().get(n)), offset + n);
      }
      offset += word.width();
    }
    return phrase.build();
  }

  /** Lucene's own phrase, with the document's words that fit a pattern in its place. */
  Query multiPhrase(String field, IndexReader reader) throws IOException {
    MultiPhraseQuery.Builder phrase = new MultiPhraseQuery.Builder().setSlop(slop);
    int offset = 0;
    for (Word word : words) {
      if (word.kind() == Word.Kind.WILD) {
        List<Term> terms = word.terms(reader, field);
        if (terms.isEmpty()) {
          return new MatchNoDocsQuery("no word fits");
        }
        phrase.add(terms.toArray(Term[]::new), offset);
      } else {
        for (int n = 0; n < word.texts().size(); n++) {
          phrase.add(new Term[] {new Term(field, word.texts().get(n))}, offset + n);
        }
      }
      offset += word.width();
    }
    return phrase.build();
  }

  /**
   * Whether Lucene's loose phrase means what newsbeam's does: no word is a run whose pairs Lucene would let
   * drift apart, and no pattern fits what another word of the phrase fits too, where Lucene misses findings.
   */
  private boolean isLucenes(String field, IndexReader reader) throws IOException {
    Set<Term> seen = new HashSet<>();
    boolean wild = false;
    boolean repeated = false;
    for (Word word : words) {
      if (word.texts().size() > 1) {
        return false;
      }
      if (word.kind() != Word.Kind.ANY) {
        List<Term> terms = word.terms(reader, field);
        wild |= word.kind() == Word.Kind.WILD;
        repeated |= !Collections.disjoint(seen, terms);
        seen.addAll(terms);
      }
    }
    return !(wild && repeated);
  }

  @Override
  public List<Form> forms(String field, IndexReader reader) throws IOException {
    if (!fields.contains(field)) {
      return List.of();
    }
    for (Word word : words) {
      if (reader != null && !word.isIn(reader, field)) {
        return List.of();
      }
    }
    List<int[]> shifts = new ArrayList<>();
    int loose = words.size() == 1 ? 0 : slop;
    spread(loose, new int[words.size()], 0, shifts);
    List<Form> forms = new ArrayList<>();
    for (int[] shift : shifts) {
      Form form = shifted(shift);
      if (form != null) {
        forms.add(form);
      }
    }
    return Form.byWidth(forms);
  }

  /** All ways to shift the words by 0 to `most`, one of them by 0; words that may be any are not shifted. */
  private void spread(int most, int[] shift, int at, List<int[]> found) {
    if (at == shift.length) {
      boolean anchored = false;
      for (int n = 0; n < shift.length; n++) {
        anchored |= words.get(n).kind() != Word.Kind.ANY && shift[n] == 0;
      }
      if (anchored) {
        found.add(shift.clone());
      }
      return;
    }
    for (int by = 0; by <= (words.get(at).kind() == Word.Kind.ANY ? 0 : most); by++) {
      shift[at] = by;
      spread(most, shift, at + 1, found);
    }
    shift[at] = 0;
  }

  /** The words at their offsets plus `shift`; null where two of them would be one and the same. */
  private Form shifted(int[] shift) {
    SortedMap<Integer, List<IntervalsSource>> slots = new TreeMap<>();
    Set<List<Integer>> taken = new HashSet<>();
    int first = Integer.MAX_VALUE;
    int end = 0;
    int offset = 0;
    for (int n = 0; n < words.size(); n++) {
      Word word = words.get(n);
      int start = offset + shift[n];
      offset += word.width();
      if (word.kind() == Word.Kind.ANY) {
        continue;
      }
      if (!taken.add(List.of(start, word.width()))) {
        return null;
      }
      List<IntervalsSource> sources = word.sources();
      for (int m = 0; m < sources.size(); m++) {
        slots.computeIfAbsent(start + m, at -> new ArrayList<>()).add(sources.get(m));
      }
      first = Math.min(first, start);
      end = Math.max(end, start + word.width());
    }
    SortedMap<Integer, List<IntervalsSource>> moved = new TreeMap<>();
    for (var slot : slots.entrySet()) {
      moved.put(slot.getKey() - first, slot.getValue());
    }
    return Form.of(moved, end - first);
  }
}
