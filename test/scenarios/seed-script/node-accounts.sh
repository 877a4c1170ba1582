#!/bin/bash
# The script of Google's troubleshooting page, command for command: the node accounts of a project's clusters, and for each
# permission whether some role that the project's policy binds to the account names it. Prints: account logging monitoring HPA.
project=$1
number=$(gcloud projects describe "$project" --format='value(projectNumber)')

accounts() {
  gcloud container clusters list --project "$project" --format='value(name,location)' | while read -r name location; do
    autopilot=$(gcloud container clusters describe "$name" --location "$location" --project "$project" \
      --format='table[no-heading](autopilot.enabled)' </dev/null)
    if [[ $autopilot == True ]]; then
      gcloud container clusters describe "$name" --location "$location" --project "$project" \
        --format='table[no-heading](autoscaling.autoprovisioningNodePoolDefaults.serviceAccount)' </dev/null
      continue
    fi
    for pool in $(gcloud container node-pools list --cluster "$name" --zone "$location" --project "$project" \
      --format='table[no-heading](name)' </dev/null); do
      gcloud container node-pools describe "$pool" --cluster "$name" --zone "$location" --project "$project" \
        --format='table[no-heading](config.serviceAccount)' </dev/null
    done
  done | sed "s/^default$/$number-compute@developer.gserviceaccount.com/" | sort -u
}

holds() {
  for role in $(gcloud projects get-iam-policy "$project" --flatten='bindings[].members' \
    --format='table[no-heading](bindings.role)' --filter="bindings.members:\"$1\""); do
    if gcloud iam roles describe "$role" --format=json | jq -r .includedPermissions | grep -q "$2"; then
      echo Yes
      return
    fi
  done
  echo No
}

for account in $(accounts); do
  logging=$(holds "$account" logging.logEntries.create)
  series=$(holds "$account" monitoring.timeSeries.create)
  descriptors=$(holds "$account" monitoring.metricDescriptors.create)
  monitoring=Yes
  if [[ $series == No || $descriptors == No ]]; then monitoring=No; fi
  echo "$account $logging $monitoring $(holds "$account" autoscaling.sites.writeMetrics)"
done
