package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/holdfast-dev/holdfast/cmd/holdfast/internal/config"
	"github.com/holdfast-dev/holdfast/cmd/holdfast/internal/migrate"
	"github.com/holdfast-dev/holdfast/sources"
	"github.com/holdfast-dev/holdfast/sources/dir"
)

func (a *app) initCommand() *cobra.Command {
	var print bool
	var from string
	cmd := &cobra.Command{
		Use:   "init [DIR] [FILE…]",
		Short: "Look at a repository and write a holdfast.yaml for it",
		Long: `init looks at what is in DIR (default: here) and writes a holdfast.yaml with a target for each
folder that a driver can keep. Every target begins in mode flag: nothing is changed until you say so.
A holdfast.yaml that is there already is never overwritten.

With --from the targets are those that Flux or Argo CD was told to keep: Kustomizations and
HelmReleases, or Applications and ApplicationSets. They are read from the repository, or from the
FILEs if any are given; - is the standard input, for what is in a cluster:

  kubectl get kustomizations,helmreleases,gitrepositories,helmrepositories,ocirepositories -A -o yaml | holdfast init --from flux -
  kubectl get applications -A -o yaml | holdfast init --from argocd -

What has no counterpart is named, beside its target and on the standard error.`,
		Example: `  holdfast init
  holdfast init --print infra/
  holdfast init --from flux`,
		Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			folder, files, err := initArguments(args)
			switch {
			case err != nil:
				return err
			case from != "":
				return a.carryOver(cmd.Context(), migrate.From(from), folder, files, print)
			case len(files) > 0:
				return mistake(fmt.Errorf("%s is no folder; files are read with --from", files[0]))
			}
			return a.init(cmd.Context(), folder, print)
		},
	}
	cmd.Flags().BoolVar(&print, "print", false, "print it and write no file")
	cmd.Flags().StringVar(&from, "from", "", "flux or argocd: make targets of what that was told to keep")
	return cmd
}

// initArguments tells the folder from the files.
func initArguments(args []string) (folder string, files []string, err error) {
	for _, arg := range args {
		info, err := os.Stat(arg)
		switch {
		case arg == "-":
			files = append(files, arg)
		case errors.Is(err, fs.ErrNotExist):
			return "", nil, mistake(fmt.Errorf("there is no folder %s", arg))
		case err != nil:
			return "", nil, fmt.Errorf("look at %s: %w", arg, err)
		case !info.IsDir():
			files = append(files, arg)
		case folder != "":
			return "", nil, mistake(fmt.Errorf("two folders are given, %s and %s; init looks at one", folder, arg))
		default:
			folder = arg
		}
	}
	return cmp.Or(folder, "."), files, nil
}

func (a *app) init(ctx context.Context, folder string, print bool) error {
	snapshot, err := readFolder(ctx, dir.Options{Path: folder})
	if errors.Is(err, sources.ErrNotFound) {
		return mistake(fmt.Errorf("there is no folder %s", folder))
	} else if err != nil {
		return err
	}
	content, err := config.Init(snapshot)
	if err != nil {
		return err
	}
	return a.writeConfig(folder, content, print)
}

// writeConfig writes a new holdfast.yaml into the folder, or prints it.
func (a *app) writeConfig(folder string, content []byte, print bool) error {
	if print {
		_, err := a.stdout.Write(content)
		return err
	}
	name := filepath.Join(folder, config.FileName)
	file, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if errors.Is(err, fs.ErrExist) {
		return mistake(fmt.Errorf("%s is there already; `holdfast init --print` shows what would be written", name))
	} else if err != nil {
		return fmt.Errorf("write the configuration: %w", err)
	}
	_, err = file.Write(content)
	if err := errors.Join(err, file.Sync(), file.Close()); err != nil {
		return fmt.Errorf("write the configuration: %w", errors.Join(err, os.Remove(name)))
	}
	_, err = fmt.Fprintf(a.stdout, "Wrote %s. Look it over, then try `holdfast check` and `holdfast plan`.\n", name)
	return err
}
