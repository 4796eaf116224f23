import java.util.List;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.LowerCaseFilter;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.Tokenizer;
import org.apache.lucene.analysis.cjk.CJKBigramFilter;
import org.apache.lucene.analysis.en.EnglishPossessiveFilter;
import org.apache.lucene.analysis.miscellaneous.ASCIIFoldingFilter;
import org.apache.lucene.analysis.miscellaneous.LimitTokenPositionFilter;
import org.apache.lucene.analysis.standard.StandardTokenizer;
import org.apache.lucene.analysis.tokenattributes.CharTermAttribute;
import org.apache.lucene.analysis.tokenattributes.PositionIncrementAttribute;

/** Texts as Lucene sees them: by its own analysis, or as tokens that were cut elsewhere. */
final class Analysis {
  static final int LEAD_WORDS = 100;

  private Analysis() {}

  /**
   * What comes nearest to newsbeam's rule among Lucene's own parts: UAX #29, possessives, case, accents, and
   * characters with their pairs where words are not spaced.
   */
  static final class Words extends Analyzer {
    private final boolean lead;

    Words(boolean lead) {
      this.lead = lead;
    }

    @Override
    protected TokenStreamComponents createComponents(String field) {
      Tokenizer cut = new StandardTokenizer();
      TokenStream words = new LowerCaseFilter(new EnglishPossessiveFilter(cut));
      int scripts = CJKBigramFilter.HAN | CJKBigramFilter.HIRAGANA;
      words = new ASCIIFoldingFilter(new CJKBigramFilter(words, scripts, true));
      return new TokenStreamComponents(cut, lead ? new LimitTokenPositionFilter(words, LEAD_WORDS) : words);
    }
  }

  /** Tokens as given, one a position, each with one key or several. */
  static final class Given extends TokenStream {
    private final CharTermAttribute term = addAttribute(CharTermAttribute.class);
    private final PositionIncrementAttribute step = addAttribute(PositionIncrementAttribute.class);
    private final List<String[]> tokens;
    private int token = 0;
    private int key = 0;

    Given(List<String[]> tokens) {
      this.tokens = tokens;
    }

    @Override
    public boolean incrementToken() {
      if (token < tokens.size() && key == tokens.get(token).length) {
        token++;
        key = 0;
      }
      if (token == tokens.size()) {
        return false;
      }
      clearAttributes();
      step.setPositionIncrement(key == 0 ? 1 : 0);
      term.append(tokens.get(token)[key++]);
      return true;
    }

    @Override
    public void reset() {
      token = 0;
      key = 0;
    }
  }
}
