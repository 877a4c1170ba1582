/**
 * Words that error messages about access use. They decide what a line break tore apart: `permis⏎sion` is one word,
 * `required⏎permission` are two.
 */
export const VOCABULARY: ReadonlySet<string> = new Set(
  `a about access account accounts action active additional after agent all allowed already also an and annotation anonymous any api apis application are as
  at attempt authenticate authenticated authentication authorization automatically available be because been before being binding bindings but by call caller calling can cannot
  caused causes change check claims client cluster clusters code command compute config configuration connect connection console constraint constraints container contact could create created creating
  credential credentials crash current custom data deadline default delete denied deployment describe details determine did disabled dial dns do does domain due each edit editor either email emails member members principal users enable enabled enabling
  endpoint endpoints engine ensure environment error errors event exceeded exec executable exist exists expected expired export failed failing failure fetch field file find first following for forbidden found
  from gcloud generate get getting google grant granted group has have having help host identity if image in info information initialize initially install installed instance instances insufficient internal
  into invalid is isn't issue it its job key kubectl kubelet kubernetes last learn line list load location log logged login make managed may message metadata method minutes missing module more must
  name named namespace network new no node nodepool nodepools nodes not of on one only operation operations or org organization other out page path perform performed permission permissions permitted
  please plugin plugins pod pods policy pool pools possible principal problem project projects provide provider proxy quota read reason recreation recently reconnect refresh refreshing refused register registered request
  requested requests required requires resolve resource resources response retrieve retry retrying return returned returns revoked role roles run running scope scopes see select server service serviceaccount services set
  should since some source specified start state status such support sure system systems take target terraform that the their then there these they this time timed timeout to token tokens trying two type unable
  unauthorized unavailable unknown unless update updating url use used user using value variable verify version via violated interaction visiting wait waiting warning was we were when where whether which while will with
  within without workload you your zone`.split(/\s+/),
);
