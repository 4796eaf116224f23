import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.lucene.index.IndexReader;
import org.apache.lucene.index.MultiTerms;
import org.apache.lucene.index.Term;
import org.apache.lucene.index.Terms;
import org.apache.lucene.index.TermsEnum;
import org.apache.lucene.queries.intervals.Intervals;
import org.apache.lucene.queries.intervals.IntervalsSource;
import org.apache.lucene.search.PrefixQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.search.WildcardQuery;
import org.apache.lucene.util.BytesRef;
import org.apache.lucene.util.automaton.CompiledAutomaton;

/**
 * One word of a phrase: an exact key, a pattern, a run of pairs of characters (one a position, and one more
 * position for the last character), or any word at all.
 */
record Word(Kind kind, List<String> texts) {
  static final int MOST_TERMS = 100_000;

  enum Kind { EXACT, WILD, RUN, ANY }

  /** The written form: `=key`, `~pattern`, `#pair pair ...`, `.`. */
  static Word read(String written) {
    String rest = written.substring(1);
    return switch (written.charAt(0)) {
      case '=' -> new Word(Kind.EXACT, List.of(rest));
      case '~' -> new Word(Kind.WILD, List.of(rest));
      case '#' -> new Word(Kind.RUN, List.of(rest.split(" ")));
      case '.' -> new Word(Kind.ANY, List.of());
      default -> throw new IllegalArgumentException("no word: " + written);
    };
  }

  /** Positions taken. */
  int width() {
    return kind == Kind.RUN ? texts.size() + 1 : 1;
  }

  /** The query for this word alone; a run of several pairs is a phrase and has none. */
  Query query(String field) {
    Term term = new Term(field, escaped());
    if (kind != Kind.WILD) {
      return new TermQuery(term);
    }
    String stem = texts.get(0).substring(0, texts.get(0).length() - 1);
    boolean prefix = texts.get(0).endsWith("*") && !stem.contains("*") && !stem.contains("?");
    return prefix ? new PrefixQuery(new Term(field, stem)) : new WildcardQuery(term);
  }

  /** One source a position that this word says something about. */
  List<IntervalsSource> sources() {
    List<IntervalsSource> sources = new ArrayList<>();
    for (String text : texts) {
      sources.add(
          kind == Kind.WILD ? Intervals.wildcard(new BytesRef(escaped()), MOST_TERMS) : Intervals.term(text));
    }
    return sources;
  }

  /** The terms of the document that fit at this word's first position. */
  List<Term> terms(IndexReader reader, String field) throws IOException {
    List<Term> found = new ArrayList<>();
    if (kind != Kind.WILD) {
      return List.of(new Term(field, texts.get(0)));
    }
    Terms terms = MultiTerms.getTerms(reader, field);
    if (terms != null) {
      TermsEnum fitting =
          new CompiledAutomaton(WildcardQuery.toAutomaton(new Term(field, escaped()))).getTermsEnum(terms);
      for (BytesRef term = fitting.next(); term != null; term = fitting.next()) {
        found.add(new Term(field, BytesRef.deepCopyOf(term)));
      }
    }
    return found;
  }

  /** Whether the document has all that this word asks for, somewhere. */
  boolean isIn(IndexReader reader, String field) throws IOException {
    if (kind == Kind.WILD) {
      return !terms(reader, field).isEmpty();
    }
    for (String text : texts) {
      if (reader.docFreq(new Term(field, text)) == 0) {
        return false;
      }
    }
    return true;
  }

  private String escaped() {
    return kind == Kind.WILD ? texts.get(0).replace("\\", "\\\\") : texts.get(0);
  }
}
