import { listen } from './news';
import { showProblems } from './problems';

const script = new URL(import.meta.url);
/** The site that this page is of, which the server wrote into the address of this script. */
const build = script.searchParams.get('build');

listen(new URL('news', script).href, (news) => {
  if (news.build === build) showProblems(news.problems);
  else location.reload();
});
